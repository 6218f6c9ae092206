// Reads the code of a refusal in a test, so that a table can name the expected answer in one column.
import { Refusal } from '../../../api/values/refusal.ts';

/** The code of the refusal that an act gives; 'nothing refused' if it goes through. Other errors pass on. */
export function codeOf(act: () => unknown): string {
	try {
		act();
		return 'nothing refused';
	} catch (error) {
		if (error instanceof Refusal) return error.code;
		throw error;
	}
}
