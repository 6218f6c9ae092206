// The thread that typesets: takes a template's name and its data, answers a PDF/A-2b. The native compiler blocks while it works.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';

/** What the thread is asked. `data` is JSON text, `date` the document's day. */
export interface TypesetTask {
	id: number;
	template: string;
	language: string;
	data: string;
	date: string;
}

/** What it answers: the PDF, or why there is none. */
export type TypesetReply = { id: number; pdf: Uint8Array } | { id: number; error: string };

const folder = path.resolve('api/documents/templates');
const family = '@expo-google-fonts/atkinson-hyperlegible-next';
const require = createRequire(import.meta.url);
const fontOf = (cut: string): Buffer =>
	readFileSync(require.resolve(`${family}/${cut}/AtkinsonHyperlegibleNext_${cut}.ttf`));

const compiler = NodeCompiler.create({
	workspace: folder,
	fontArgs: [{ fontBlobs: ['400Regular', '700Bold'].map(fontOf) }],
});
/** Data beyond this size leave the compiler's memory at once. */
const largeBytes = 200_000;

const said = (diagnostics: readonly unknown[]): string => JSON.stringify(diagnostics).slice(0, 2_000);

function typeset({ template, language, data, date }: TypesetTask): Uint8Array {
	const compiled = compiler.compile({
		mainFilePath: path.join(folder, `${template}.typ`),
		inputs: { data, language, date },
	});
	const error = compiled.takeError();
	if (error) throw new Error(said(error.shortDiagnostics));
	// A warning means a missing font or sign: the document would not look as it should.
	const warnings = compiled.takeWarnings();
	if (warnings) throw new Error(said(warnings.shortDiagnostics));
	if (!compiled.result) throw new Error('nothing was typeset');
	const pdf = compiler.pdf(compiled.result, {
		pdfStandard: 'a-2b',
		creationTimestamp: Date.parse(`${date}T00:00:00Z`) / 1000,
	});
	compiler.evictCache(data.length > largeBytes ? 0 : 10);
	return Uint8Array.from(pdf);
}

parentPort?.on('message', (task: TypesetTask) => {
	try {
		const pdf = typeset(task);
		parentPort?.postMessage({ id: task.id, pdf } satisfies TypesetReply, [pdf.buffer as ArrayBuffer]);
	} catch (error) {
		parentPort?.postMessage({ id: task.id, error: String(error) } satisfies TypesetReply);
	}
});
