// Slow senders: an ordinary body must be there in fifteen seconds, an upload must keep a minimal pace.
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const bodyMs = 15_000;
const paceMs = 10_000;
const paceBytes = 20_000;

/** Cuts connections whose request body comes too slowly. */
export function cutSlowBodies(app: FastifyInstance): void {
	app.addHook('onRequest', async (request) => {
		const { socket } = request.raw;
		// The portal's own calls come without a connection.
		if (request.method === 'GET' || request.method === 'HEAD' || !(socket instanceof Socket)) return;
		const upload = request.routeOptions.config.upload === true;
		let before = socket.bytesRead;
		const timer = setInterval(
			() => {
				if (upload && socket.bytesRead - before >= paceBytes) before = socket.bytesRead;
				else socket.destroy();
			},
			upload ? paceMs : bodyMs,
		);
		timer.unref();
		const done = () => clearInterval(timer);
		request.raw.once('end', done).once('close', done);
	});
}
