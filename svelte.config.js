// How the portal is built and served: adapter, folders, content security policy. Imported by vite.config.ts.
import adapter from '@sveltejs/adapter-node';

/** @type {import('@sveltejs/kit/vite').Config} */
const config = {
	adapter: adapter({ out: 'build/portal', envPrefix: 'WEB_' }),
	files: { src: '.', assets: 'static' },
	csp: {
		mode: 'nonce',
		directives: {
			'default-src': ['self'],
			'script-src': ['self'],
			'style-src': ['self'],
			// the one style attribute of SvelteKit's own announcer of page titles, by its hash; no other passes
			'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
			'img-src': ['self', 'data:'],
			'font-src': ['self'],
			'connect-src': ['self'],
			'form-action': ['self'],
			'frame-ancestors': ['none'],
			'base-uri': ['self'],
			'object-src': ['none'],
		},
	},
};

export default config;
