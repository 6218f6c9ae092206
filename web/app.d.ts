// What every request and page of the portal carries.
import type { Api } from './lib/server/api.ts';
import type { Flash } from './lib/server/flash.ts';
import type { Session } from './lib/session.ts';
import type { Theme } from './lib/theme.ts';

declare global {
	namespace App {
		interface Error {
			/** The refusal's code, when the API gave one. */
			code?: string;
			/** Names an unexpected error in the server's log, so that a member can quote it. */
			reference?: string;
		}
		interface Locals {
			/** The HTTP API, asked as the person who makes this request. */
			api: Api;
			theme: Theme;
		}
		interface PageData {
			session?: Session;
			theme?: Theme;
			flash?: Flash | undefined;
		}
	}
}
