// An MQTT broker for tests: one user, topics it does not let be read, plain or with TLS.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { certificate, certificateKey } from './certificate.ts';

/** A running broker. */
export interface Broker {
	port: number;
	aedes: Aedes;
	/** sends a message as a device would */
	publish: (topic: string, payload: unknown, options?: { qos?: 0 | 1; retain?: boolean }) => Promise<void>;
	/** names of those connected now */
	clients: () => string[];
	/** acknowledgements that came, by message */
	acknowledged: number;
	/** cuts every connection */
	cut: () => void;
	close: () => Promise<void>;
}

/** Starts a broker that knows the user 'coop' with the password 'geheim'; topics under 'private/' are not for reading. */
export async function startBroker({ tls = false, port = 0 } = {}): Promise<Broker> {
	const aedes = await Aedes.createBroker({
		authenticate: (_client, user, password, done) => {
			if (user === 'coop' && password?.toString() === 'geheim') return done(null, true);
			done(Object.assign(new Error('no'), { returnCode: 4 }) as never, false);
		},
		authorizeSubscribe: (_client, subscription, done) =>
			done(null, subscription.topic.startsWith('private/') ? null : subscription),
	});
	const sockets = new Set<Socket>();
	const serve = (socket: Socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => {});
		aedes.handle(socket);
	};
	const server: Server = tls ? createTlsServer({ cert: certificate, key: certificateKey }, serve) : createServer(serve);
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	const broker: Broker = {
		port: (server.address() as AddressInfo).port,
		aedes,
		publish: (topic, payload, { qos = 0, retain = false } = {}) =>
			new Promise((resolve, reject) => {
				const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
				const packet = { cmd: 'publish', topic, payload: Buffer.from(text), qos, retain, dup: false } as const;
				aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
			}),
		clients: () => Object.keys((aedes as unknown as { clients: Record<string, unknown> }).clients),
		acknowledged: 0,
		cut: () => {
			for (const socket of sockets) socket.destroy();
		},
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((resolve) => aedes.close(() => resolve()));
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
	aedes.on('ack', () => {
		broker.acknowledged++;
	});
	return broker;
}
