// Names a browser and its device, so that people recognise their own sessions.

const browsers: readonly (readonly [RegExp, string])[] = [
	[/Edg(e|A|iOS)?\//, 'Edge'],
	[/OPR\/|Opera/, 'Opera'],
	[/SamsungBrowser/, 'Samsung Internet'],
	[/Firefox\/|FxiOS/, 'Firefox'],
	[/Chrome\/|CriOS/, 'Chrome'],
	[/Safari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
	[/iPhone/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Android/, 'Android'],
	[/Windows/, 'Windows'],
	[/Macintosh|Mac OS/, 'Mac'],
	[/CrOS/, 'Chromebook'],
	[/Linux|X11/, 'Linux'],
];

/** Browser and system of a user agent text, for example `Firefox` and `Windows`; undefined where it says neither. */
export function deviceOf(userAgent: string): { browser: string | undefined; system: string | undefined } {
	const find = (words: typeof browsers) => words.find(([pattern]) => pattern.test(userAgent))?.[1];
	return { browser: find(browsers), system: find(systems) };
}
