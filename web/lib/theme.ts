// Light, dark, or as the device has it.

/** How the portal is shown; `auto` follows the device. Kept in the cookie `gw_theme`, so that the server paints it at once. */
export type Theme = 'auto' | 'light' | 'dark';

/** The cookie that keeps the chosen theme. */
export const themeCookie = 'gw_theme';

/** Reads a theme from a cookie or a form; anything unknown is `auto`. */
export function themeFrom(value: unknown): Theme {
	return value === 'light' || value === 'dark' ? value : 'auto';
}
