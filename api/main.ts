// npm run api: the API alone, for a portal and jobs that run elsewhere.
import { jobRoutes } from '../jobs/routes.ts';
import { jobs } from '../jobs/schedule.ts';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { openDatabase } from './database/open.ts';

const config = readConfig();
const db = await openDatabase(config);
const app = await buildApp({ config, db, more: [jobRoutes(jobs)] });
app.addHook('onClose', db.close);
await app.listen({ host: config.host, port: config.port });
console.log(`The API is ready: http://${config.host}:${config.port}/api/openapi.json`);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
	process.once(signal, () => void app.close().then(() => process.exit(0)));
