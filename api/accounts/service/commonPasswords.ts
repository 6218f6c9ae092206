// Passwords that everybody tries first: the list of a kept package, and German words of the trade that it lacks.

const ownWords = [
	...[
		'aufsichtsrat',
		'betreiber',
		'buergerenergie',
		'bärchen',
		'bürgerenergie',
		'changemeplease',
		'correcthorsebatterystaple',
	],
	...[
		'einszweidrei',
		'energiewende',
		'fruehling',
		'frühling',
		'fußball',
		'geheimespasswort',
		'gemeinwatt',
		'genossenschaft',
	],
	...[
		'hallo1234',
		'hallohallo',
		'hasi',
		'ichliebedich',
		'lasmiranda',
		'letmeinplease',
		'meinpasswort',
		'mitglied',
		'mypasswordis',
	],
	...[
		'münchen',
		'passwort123',
		'passwortpasswort',
		'photovoltaik',
		'prinzessin',
		'qwertz',
		'qwertzuiop',
		'schmetterling',
	],
	...[
		'solarstrom',
		'sonnenenergie',
		'sternchen',
		'supergeheim',
		'thisisapassword',
		'vatikan',
		'vorstand',
		'willkommen',
	],
	...['willkommen1', 'windenergie', 'windkraft', 'yxcvbnm'],
];

let loaded: Promise<ReadonlySet<string>> | undefined;

/** The block list in lower case, words of four characters and more; loaded when the first password is chosen. */
export function commonPasswords(): Promise<ReadonlySet<string>> {
	loaded ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => {
		const words = dictionary['passwords-common'].map((word) => word.toLowerCase()).filter((word) => word.length >= 4);
		return new Set([...words, ...ownWords]);
	});
	return loaded;
}
