// Hears what is typed or chosen in a form, also what was typed before the page woke up.

/** For `{@attach}` on an element around the field `name`: tells its value at once and with every change; of radio buttons the chosen one. */
export function heard(name: string, tell: (value: string) => void): (around: HTMLElement) => () => void {
	return (around) => {
		const listen = () => {
			const fields = [...around.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
			const field = fields.find(({ type, checked }) => type !== 'radio' || checked);
			if (field) tell(field.value);
		};
		listen();
		around.addEventListener('input', listen);
		return () => around.removeEventListener('input', listen);
	};
}
