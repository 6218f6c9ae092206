// npm run jobs: the jobs alone, until stopped. npm run job NAME: one job, now.
import { readConfig } from '../api/config.ts';
import { openDatabase } from '../api/database/open.ts';
import { jobNamed, runJob } from './run.ts';
import { jobs, keepTime } from './schedule.ts';

const config = readConfig();
const db = await openDatabase(config);
const now = () => new Date();
const [name] = process.argv.slice(2);
if (name) {
	try {
		const ended = await runJob({ db, config, now }, jobNamed(jobs, name), now(), 'command line');
		console.log(JSON.stringify(ended, null, '\t'));
		if (ended.outcome !== 'done') process.exitCode = 1;
	} catch (error) {
		console.error(
			`There is no such job. Jobs: ${jobs.map((j) => j.name).join(', ')}. ${error instanceof Error ? error.message : ''}`,
		);
		process.exitCode = 1;
	}
	await db.close();
} else {
	const clock = await keepTime({ db, config, now, onError: (error) => console.error(error) });
	console.log(`Keeping time for ${jobs.length} jobs.`);
	for (const signal of ['SIGTERM', 'SIGINT'] as const) {
		process.once(signal, async () => {
			await clock.stop();
			await db.close();
			process.exit(0);
		});
	}
}
