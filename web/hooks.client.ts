// The browser speaks the language the server has written the page in.
import { baseLocale, isLocale, overwriteGetLocale } from '#lib/paraglide/runtime.js';

overwriteGetLocale(() => {
	const lang = document.documentElement.lang;
	return isLocale(lang) ? lang : baseLocale;
});
