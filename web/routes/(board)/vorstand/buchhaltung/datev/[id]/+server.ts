// A file for the tax adviser, byte for byte as it was made.
import { answered } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
	const { fileName, contentBase64 } = answered(
		await locals.api.GET('/api/ledger/datev/exports/{id}/file', { params: { path: { id: params.id } } }),
	);
	return new Response(new Uint8Array(Buffer.from(contentBase64, 'base64')), {
		headers: {
			'content-type': 'text/csv; charset=windows-1252',
			'content-disposition': `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`,
		},
	});
};
