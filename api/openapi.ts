// npm run openapi: writes the API's description to .data/openapi.json without starting a server or a database.
import { mkdirSync, writeFileSync } from 'node:fs';
import { jobRoutes } from '../jobs/routes.ts';
import { jobs } from '../jobs/schedule.ts';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { connect } from './database/connect.ts';
import { sinkRoutes } from './notices/sink.ts';

mkdirSync('.data', { recursive: true });
const db = connect({ host: '127.0.0.1', port: 1, database: 'none', user: 'none', password: 'none' });
const noMails = { url: '', mails: [], close: async () => {} };
const app = await buildApp({
	config: readConfig({ ...process.env, SECRET: 'x'.repeat(32) }),
	db,
	more: [jobRoutes(jobs), sinkRoutes(noMails)],
});
await app.ready();
writeFileSync('.data/openapi.json', JSON.stringify(app.swagger(), null, '\t'));
await app.close();
await db.close();
