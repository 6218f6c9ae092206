// The environment, read and checked once at the start. Everything configurable is listed here and in the README's table.
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Keys derived from the installation's one secret; none of them is ever stored. */
export interface Keys {
	/** signs access tokens */
	token: Buffer;
	/** encrypts personal secrets (AES-256) */
	seal: Buffer;
	/** finds sealed values without opening them (HMAC) */
	blind: Buffer;
	/** password of the database roles, hex */
	database: string;
	/** short public name of the secret, stored beside sealed values */
	id: string;
}

/** The checked configuration. Paths are absolute, `databaseUrl` undefined means the embedded PostgreSQL. */
export interface Config {
	host: string;
	port: number;
	dataFolder: string;
	databaseUrl: string | undefined;
	/** where people reach the portal; the base of every link in a mail */
	publicUrl: string;
	/** SMTP server for outgoing mail; undefined: mails stay in the outbox */
	smtpUrl: string | undefined;
	mailFrom: string;
	trustProxy: boolean;
	logLevel: string;
	/** hosts and networks that live sources may reach although they are private */
	allowedSourceHosts: readonly string[];
	/** the demo cooperative: mails are shown in the portal, live sources on this machine are allowed */
	demo: boolean;
	keys: Keys;
}

function keysOf(secret: Buffer): Keys {
	const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', secret, 'gemeinwatt', use, 32));
	return {
		token: derive('token'),
		seal: derive('seal'),
		blind: derive('blind'),
		database: derive('database').toString('hex'),
		id: createHash('sha256').update(derive('id')).digest('hex').slice(0, 8),
	};
}

function secretOf(env: NodeJS.ProcessEnv, dataFolder: string): Buffer {
	const given = env.SECRET ?? (env.SECRET_FILE ? readFileSync(env.SECRET_FILE, 'utf8').trim() : undefined);
	if (given !== undefined) {
		if (given.length < 32) throw new Error('SECRET must have at least 32 characters');
		return Buffer.from(given);
	}
	const file = path.join(dataFolder, 'secret.key');
	try {
		writeFileSync(file, randomBytes(48).toString('base64'), { mode: 0o600, flag: 'wx' });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	return Buffer.from(readFileSync(file, 'utf8').trim());
}

/** Reads the configuration; throws an Error with a sentence for the person at the console if a value is unusable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env, { demo = false }: { demo?: boolean } = {}): Config {
	const port = Number(env.PORT ?? 3000);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is not a port number: ${env.PORT}`);
	const dataFolder = path.resolve(env.DATA_DIR ?? (demo ? '.data/demo' : '.data'));
	mkdirSync(dataFolder, { recursive: true });
	const host = env.HOST ?? 'localhost';
	const publicUrl = (env.PUBLIC_URL ?? `http://localhost:${port}`).replace(/\/$/, '');
	if (!URL.canParse(publicUrl)) throw new Error(`PUBLIC_URL is not an address: ${publicUrl}`);
	if (env.DATABASE_URL !== undefined && !/^postgres(ql)?:\/\//.test(env.DATABASE_URL)) {
		throw new Error('DATABASE_URL must begin with postgres://');
	}
	return {
		host,
		port,
		dataFolder,
		databaseUrl: env.DATABASE_URL,
		publicUrl,
		smtpUrl: env.SMTP_URL,
		mailFrom: env.MAIL_FROM ?? 'Gemeinwatt <portal@localhost>',
		trustProxy: env.TRUST_PROXY === '1' || env.TRUST_PROXY === 'true',
		logLevel: env.LOG_LEVEL ?? 'warn',
		allowedSourceHosts: (env.ALLOWED_SOURCE_HOSTS ?? '')
			.split(',')
			.map((h) => h.trim())
			.filter(Boolean),
		demo,
		keys: keysOf(secretOf(env, dataFolder)),
	};
}
