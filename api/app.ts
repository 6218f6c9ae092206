// Builds the API from the features' routes. Does not listen.
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import jwt from '@fastify/jwt';
import multipart from '@fastify/multipart';
import { fastifySSE } from '@fastify/sse';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { sql } from 'drizzle-orm';
import Fastify, {
	type FastifyBaseLogger,
	type FastifyInstance,
	type RawReplyDefaultExpression,
	type RawRequestDefaultExpression,
	type RawServerDefault,
} from 'fastify';
import type { Config } from './config.ts';
import type { Database } from './database/connect.ts';
import { assemblyRoutes } from './assemblies/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { identifyPeople } from './accounts/identify.ts';
import { credentialRoutes } from './accounts/routes/credentials.ts';
import { deviceTokenRoutes, peopleRoutes } from './accounts/routes/people.ts';
import { sessionRoutes } from './accounts/routes/session.ts';
import { ballotRoutes } from './ballots/routes.ts';
import { exportRoutes } from './desk/routes/exports.ts';
import { deskRoutes } from './desk/routes/members.ts';
import { homeRoutes } from './home/routes.ts';
import { guardRoutes, unknownAddress } from './http/access.ts';
import { memberTaxRoutes } from './dividends/routes/members.ts';
import { myDividendRoutes } from './dividends/routes/mine.ts';
import { dividendRunRoutes } from './dividends/routes/runs.ts';
import { fiscalYearRoutes } from './dividends/routes/years.ts';
import { documentRoutes } from './documents/routes.ts';
import { compileWhenCalled } from './http/compilers.ts';
import { describeApi } from './http/openapi.ts';
import { replyWithProblem } from './http/problem.ts';
import { Problem } from './http/schemas.ts';
import { cutSlowBodies } from './http/slow.ts';
import { ledgerRoutes } from './ledger/routes/books.ts';
import { chartRoutes } from './ledger/routes/chart.ts';
import { datevRoutes } from './ledger/routes/datev.ts';
import { applicationRoutes } from './members/routes/applications.ts';
import { bankAccountRoutes } from './members/routes/bankAccounts.ts';
import { memberRoutes } from './members/routes/members.ts';
import { inspectionRoutes } from './members/routes/inspections.ts';
import { registerRoutes } from './members/routes/register.ts';
import { movingRoutes } from './moving/routes.ts';
import { noticesRoutes } from './notices/routes.ts';
import { debitRoutes } from './payments/routes/debits.ts';
import { mandateRoutes } from './payments/routes/mandates.ts';
import { paymentRoutes } from './payments/routes/payments.ts';
import { reconciliationRoutes } from './payments/routes/reconciliation.ts';
import { reminderRoutes } from './payments/routes/reminders.ts';
import { settlementRoutes } from './payments/routes/settlements.ts';
import { statementRoutes } from './payments/routes/statements.ts';
import { plantRoutes } from './plants/routes.ts';
import { privacyRoutes } from './privacy/routes.ts';
import { meterDayRoutes } from './readings/routes/days.ts';
import { meterRegisterRoutes } from './readings/routes/registers.ts';
import { mappingProfileRoutes } from './readings/routes/profiles.ts';
import { pushRoutes } from './readings/routes/push.ts';
import { sourceRoutes } from './readings/routes/sources.ts';
import { uploadRoutes } from './readings/routes/uploads.ts';
import { versionRoutes } from './readings/routes/versions.ts';
import { reportRoutes } from './reports/routes.ts';
import { shareRoutes } from './shares/routes.ts';
import { exitRoutes, turnDays } from './shares/routes/exits.ts';
import { joiningRoutes } from './shares/routes/joining.ts';
import { roundRoutes } from './shares/routes/rounds.ts';
import { lossRoutes } from './shares/routes/losses.ts';
import { splitRoutes } from './shares/routes/splits.ts';
import { transferRoutes } from './shares/routes/transfers.ts';
import { statuteRoutes } from './statute/routes.ts';
import { yieldRoutes } from './yields/routes.ts';
import { findingRoutes } from './yields/routes/findings.ts';

/** The API as the features' route plugins see it. */
export type App = FastifyInstance<
	RawServerDefault,
	RawRequestDefaultExpression,
	RawReplyDefaultExpression,
	FastifyBaseLogger,
	TypeBoxTypeProvider
>;

declare module 'fastify' {
	interface FastifyInstance {
		db: Database;
		settings: Config;
	}
}

/** What the API is built from. `now` is the clock (default: the real one); `more` are route plugins from above, such as the jobs'. */
export interface AppParts {
	config: Config;
	db: Database;
	now?: () => Date;
	more?: readonly ((app: App) => void | Promise<void>)[];
}

/** Builds the API. Every route is registered here, so this list is the map of the wire. */
export async function buildApp({ config, db, now = () => new Date(), more = [] }: AppParts): Promise<App> {
	const app: App = Fastify({
		logger: { level: config.logLevel, redact: ['req.headers.cookie', 'req.headers.authorization'] },
		trustProxy: config.trustProxy,
		bodyLimit: 256 * 1024,
		forceCloseConnections: 'idle',
		http: { requestTimeout: 600_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
		ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
		schemaController: { compilersFactory: compileWhenCalled },
		routerOptions: { maxParamLength: 200 },
		// half as many routes to set up at every start; programs ask with GET
		exposeHeadRoutes: false,
	}).withTypeProvider<TypeBoxTypeProvider>();

	app.decorate('db', db).decorate('settings', config).decorate('now', now);
	app.setErrorHandler(replyWithProblem);
	app.addSchema(Problem);
	await app.register(helmet, {
		// Always the same here, so it is not put together anew for every reply (below).
		contentSecurityPolicy: false,
		referrerPolicy: { policy: 'same-origin' },
		strictTransportSecurity: config.publicUrl.startsWith('https:'),
	});
	app.addHook('onRequest', (_request, reply, done) => {
		reply.header('content-security-policy', "default-src 'none';frame-ancestors 'none'");
		done();
	});
	await app.register(cookie);
	await app.register(jwt, {
		secret: config.keys.token,
		sign: { iss: 'gemeinwatt', algorithm: 'HS256' },
		// Expiry is checked against the API's own clock (accounts/identify.ts).
		verify: { allowedIss: 'gemeinwatt', algorithms: ['HS256'], ignoreExpiration: true, cache: 1000 },
	});
	await app.register(multipart, {
		limits: { fileSize: 600 * 1024 * 1024, files: 50, fields: 50, parts: 100 },
		throwFileSizeLimit: true,
	});
	await app.register(fastifySSE);
	await describeApi(app);
	cutSlowBodies(app as unknown as FastifyInstance);
	guardRoutes(app as unknown as FastifyInstance);
	identifyPeople(app);
	turnDays(app);

	app.get('/health', { schema: { hide: true } }, async () => {
		await db.orm.execute(sql`select 1`);
		return { status: 'ok' };
	});
	for (const plugin of [
		auditRoutes,
		sessionRoutes,
		credentialRoutes,
		peopleRoutes,
		deviceTokenRoutes,
		noticesRoutes,
		documentRoutes,
		statuteRoutes,
		applicationRoutes,
		memberRoutes,
		bankAccountRoutes,
		registerRoutes,
		inspectionRoutes,
		ledgerRoutes,
		chartRoutes,
		datevRoutes,
		shareRoutes,
		joiningRoutes,
		roundRoutes,
		splitRoutes,
		lossRoutes,
		exitRoutes,
		transferRoutes,
		paymentRoutes,
		reconciliationRoutes,
		mandateRoutes,
		debitRoutes,
		statementRoutes,
		reminderRoutes,
		settlementRoutes,
		plantRoutes,
		uploadRoutes,
		versionRoutes,
		meterRegisterRoutes,
		meterDayRoutes,
		sourceRoutes,
		pushRoutes,
		mappingProfileRoutes,
		yieldRoutes,
		findingRoutes,
		fiscalYearRoutes,
		dividendRunRoutes,
		myDividendRoutes,
		memberTaxRoutes,
		assemblyRoutes,
		ballotRoutes,
		reportRoutes,
		privacyRoutes,
		deskRoutes,
		exportRoutes,
		movingRoutes,
		homeRoutes,
		...more,
	])
		await app.register(plugin);
	app.all('/api/*', { config: { access: 'public' }, schema: { hide: true } }, unknownAddress);
	return app;
}
