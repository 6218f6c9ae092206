// A refusal of the API in words a person can act on: what forms and pages show.

/** Until when further attempts are refused unseen, after too many of them. */
export interface Wait {
	/** the instant of the next attempt */
	until: string;
	/** seconds until then */
	seconds: number;
}

/** A problem, ready to be shown. */
export interface ProblemView {
	/** The refusal's code, for example `shares.limit-exceeded`; `unknown` when the API gave none. */
	code: string;
	/** What happened, in the reader's language. */
	sentence: string;
	/** Input field → what to mend there. */
	fields: Record<string, string>;
	/** The rule it rests on, for example M-12. */
	rule?: string;
	/** Too many attempts: how long to wait. */
	wait?: Wait;
}
