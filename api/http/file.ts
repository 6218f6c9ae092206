// Files on the wire: a download's description, headers and bytes.
import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';

/** What a route answers that gives a file: its content as it is. `types`: the media types it may have. */
export const fileReply = (...types: readonly string[]) => ({
	description: 'the file',
	content: Object.fromEntries(
		types.map((type) => [type, { schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) }]),
	),
});

/** Sends a file as an attachment that no browser runs or guesses at. */
export function sendFile(
	reply: FastifyReply,
	{ fileName, mediaType, content }: { fileName: string; mediaType: string; content: Buffer | Readable },
): FastifyReply {
	return reply
		.header('content-type', mediaType)
		.header('content-disposition', `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`)
		.header('x-content-type-options', 'nosniff')
		.send(content);
}
