// npm run web: the portal alone, talking to the API at API_URL over HTTP.
import { createServer } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, isBuilt } from './build.ts';

const host = process.env.HOST ?? 'localhost';
const port = Number(process.env.PORT ?? 3001);
process.env.API_URL ??= 'http://localhost:3000';
process.env.WEB_PROTOCOL_HEADER = 'x-forwarded-proto';
process.env.WEB_HOST_HEADER ??= 'host';
process.env.WEB_BODY_SIZE_LIMIT ??= '600M';
if (!isBuilt()) await build();
const { handler } = (await import(pathToFileURL(path.resolve('build/portal/handler.js')).href)) as {
	handler: Parameters<typeof createServer>[1];
};
const server = createServer((request, response) => {
	request.headers['x-forwarded-proto'] ??= 'http';
	handler?.(request as never, response as never);
});
server.listen(port, host, () =>
	console.log(`The portal is ready: http://${host}:${port} (API at ${process.env.API_URL})`),
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close(() => process.exit(0)));
