// npm run vectors -- DIR: replays the vector files in DIR against the rules, one line per case, then the count.
import { type Outcome, replay } from './vectors/replay.ts';

function outcomesOf(path: string): Outcome[] | undefined {
	try {
		return replay(path);
	} catch (error) {
		console.error(error instanceof Error ? error.message : String(error));
		return undefined;
	}
}

const path = process.argv[2];
const outcomes = path === undefined ? undefined : outcomesOf(path);
if (path === undefined) console.error('usage: npm run vectors -- DIR');

for (const { file, id, verdict, detail } of outcomes ?? []) {
	console.log(`${file} ${id} ${verdict}${detail === undefined ? '' : ` ${detail}`}`);
}
const count = (verdict: Outcome['verdict']) => (outcomes ?? []).filter((outcome) => outcome.verdict === verdict).length;
if (outcomes) console.log(`${count('ok')} passed, ${count('FAIL')} failed, ${count('not supported')} not supported`);
if (!outcomes || count('FAIL') > 0) process.exitCode = 1;
