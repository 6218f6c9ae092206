// The key of a link from a mail, as it stood in the address or as somebody pasted it.
import { text } from './form.ts';

/** The key in the field `link`: of a whole link or the key alone; undefined if there is none. */
export function mailKey(form: FormData): string | undefined {
	const pasted = text(form, 'link');
	const key = /[#&?]token=([\w-]+)/.exec(pasted)?.[1] ?? pasted;
	return /^[\w-]{10,100}$/.test(key) ? key : undefined;
}
