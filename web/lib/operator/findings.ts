// Something about the plants that needs a look.

/** A finding: what is the matter, since when or where, and where to look. */
export interface Finding {
	kind: 'source' | 'waiting' | 'setup' | 'stale' | 'missing' | 'gaps';
	title: string;
	text: string | null;
	href: string;
}
