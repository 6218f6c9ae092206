// An SFTP server for tests: one user, a folder in memory, the moods a real one can be in.
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2, { type FileEntryWithStats } from 'ssh2';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

/** A private key in the form ssh2 reads. */
export function hostKey(): string {
	return generateKeyPairSync('rsa', { modulusLength: 2048 })
		.privateKey.export({ type: 'pkcs1', format: 'pem' })
		.toString();
}

/** A running server. `files` is the folder '/out'; times in seconds. */
export interface SftpServer {
	port: number;
	files: Map<string, { content: Buffer; changedS: number }>;
	/** bytes that were read so far */
	bytesRead: () => number;
	/** listed sizes are smaller than the files: somebody still writes */
	growing: boolean;
	/** answers nothing after the login */
	silent: boolean;
	close: () => Promise<void>;
}

/** Starts a server for the user 'coop' with the password or the public key given. */
export async function startSftp({
	password,
	publicKey,
	key = hostKey(),
	port = 0,
}: {
	password?: string;
	publicKey?: Buffer;
	key?: string;
	port?: number;
}): Promise<SftpServer> {
	const clients = new Set<ssh2.Connection>();
	let read = 0;
	const state: SftpServer = {
		...{ port: 0, files: new Map(), bytesRead: () => read, growing: false, silent: false },
		close: () =>
			new Promise((resolve) => {
				for (const client of clients) client.end();
				server.close(() => resolve());
			}),
	};
	const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
		clients.add(client);
		(client as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
		client.on('error', () => {});
		client.on('close', () => clients.delete(client));
		client.on('authentication', (context) => {
			const known = context.username === 'coop';
			const right =
				(context.method === 'password' && password !== undefined && context.password === password) ||
				(context.method === 'publickey' && publicKey !== undefined && context.key.data.equals(publicKey));
			if (known && right) context.accept();
			else context.reject(['password', 'publickey']);
		});
		client.on('ready', () => client.on('session', (accept) => accept().on('sftp', (take) => serve(take()))));
	});
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	state.port = (server.address() as AddressInfo).port;
	return state;

	function serve(sftp: ssh2.SFTPWrapper): void {
		// The server's side of SFTP is typed as the client's; what it hears and answers has names of its own.
		const stream = sftp as unknown as {
			on(event: string, heard: (...given: never[]) => void): void;
			status(id: number, code: number): void;
			handle(id: number, handle: Buffer): void;
			name(id: number, entries: FileEntryWithStats[]): void;
			attrs(id: number, attrs: object): void;
			data(id: number, bytes: Buffer): void;
		};
		const handles = new Map<string, { file?: Buffer; listed?: boolean }>();
		let next = 0;
		const opened = (what: { file?: Buffer; listed?: boolean }): Buffer => {
			const handle = Buffer.from(String(next++));
			handles.set(handle.toString(), what);
			return handle;
		};
		const attrsOf = ({ content, changedS }: { content: Buffer; changedS: number }) => ({
			...{ mode: 0o100_644, uid: 1, gid: 1, atime: changedS, mtime: changedS },
			size: state.growing ? content.length - 1 : content.length,
		});
		const folder = { mode: 0o40_755, uid: 1, gid: 1, size: 0, atime: 0, mtime: 0 };
		stream.on('REALPATH', (id: number, path: string) =>
			stream.name(id, [{ filename: path === '.' ? '/out' : path, longname: '', attrs: folder } as never]),
		);
		for (const event of ['STAT', 'LSTAT'])
			stream.on(event, (id: number, path: string) => {
				const file = state.files.get(path.replace('/out/', ''));
				if (path === '/out' || path === '/out/') stream.attrs(id, folder);
				else if (file) stream.attrs(id, attrsOf(file));
				else stream.status(id, STATUS_CODE.NO_SUCH_FILE);
			});
		stream.on('OPENDIR', (id: number, path: string) => {
			if (state.silent) return;
			if (path === '/out' || path === '/out/') stream.handle(id, opened({ listed: false }));
			else stream.status(id, STATUS_CODE.NO_SUCH_FILE);
		});
		stream.on('READDIR', (id: number, handle: Buffer) => {
			const open = handles.get(handle.toString());
			if (!open || open.listed) return stream.status(id, STATUS_CODE.EOF);
			open.listed = true;
			const entries = [...state.files].map(([filename, file]) => ({
				filename,
				longname: `-rw-r--r-- 1 coop coop ${file.content.length} Jan 1 00:00 ${filename}`,
				attrs: attrsOf(file),
			}));
			const sub = { filename: 'archive', longname: 'drwxr-xr-x 1 coop coop 0 Jan 1 00:00 archive', attrs: folder };
			stream.name(id, [...entries, sub] as never);
		});
		stream.on('OPEN', (id: number, path: string, flags: number) => {
			const file = state.files.get(path.replace('/out/', ''));
			if ((flags & OPEN_MODE.READ) === 0) return stream.status(id, STATUS_CODE.PERMISSION_DENIED);
			if (!file) return stream.status(id, STATUS_CODE.NO_SUCH_FILE);
			stream.handle(id, opened({ file: file.content }));
		});
		stream.on('FSTAT', (id: number, handle: Buffer) => {
			const { file } = handles.get(handle.toString()) ?? {};
			stream.attrs(id, { ...folder, mode: 0o100_644, size: file?.length ?? 0 });
		});
		stream.on('READ', (id: number, handle: Buffer, offset: number, length: number) => {
			const { file } = handles.get(handle.toString()) ?? {};
			if (!file || offset >= file.length) return stream.status(id, STATUS_CODE.EOF);
			const piece = file.subarray(offset, offset + length);
			read += piece.length;
			stream.data(id, piece);
		});
		stream.on('CLOSE', (id: number, handle: Buffer) => {
			handles.delete(handle.toString());
			stream.status(id, STATUS_CODE.OK);
		});
		for (const event of ['WRITE', 'REMOVE', 'RENAME', 'MKDIR', 'RMDIR', 'SETSTAT'])
			stream.on(event, (id: number) => stream.status(id, STATUS_CODE.PERMISSION_DENIED));
	}
}
