// Where drizzle-kit finds the tables and writes migrations (npm run migration NAME).
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
	dialect: 'postgresql',
	schema: './{api/*,jobs}/tables.ts',
	out: './api/database/migrations',
	casing: 'snake_case',
	strict: true,
	verbose: true,
});
