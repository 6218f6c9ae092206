// Why something was refused, ready to be shown.

/** The short place in the file, if there is one (Zeile 14), and the sentence. */
export interface Reason {
	place: string | null;
	sentence: string;
}
