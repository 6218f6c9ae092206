// Mails about general assemblies.
import type { Letters } from './letter.ts';

/** Values of these mails. */
export interface AssembliesValues {
	/** a general assembly is convened; `document` is the notice word for word, line by line */
	'assembly-invitation': { name: string; title: string; document: readonly string[] };
	/** items were added to the agenda of a convened assembly; `document` is the notice with the whole agenda */
	'assembly-addition': { name: string; title: string; document: readonly string[] };
}

export const assembliesLetters: Letters<AssembliesValues> = {
	'assembly-invitation': {
		de: ({ title, document }) => ({
			subject: `Einladung: ${title}`,
			paragraphs: [
				'der Vorstand lädt Sie ein:',
				document.join('\n'),
				'Unterlagen und Abstimmungen finden Sie im Mitgliederportal.',
			],
		}),
		en: ({ title, document }) => ({
			subject: `Invitation: ${title}`,
			paragraphs: [
				'the board invites you (the notice is in German):',
				document.join('\n'),
				"Documents and ballots are in the members' portal.",
			],
		}),
	},
	'assembly-addition': {
		de: ({ title, document }) => ({
			subject: `Ergänzte Tagesordnung: ${title}`,
			paragraphs: ['die Tagesordnung der Versammlung wurde ergänzt. Sie lautet jetzt:', document.join('\n')],
		}),
		en: ({ title, document }) => ({
			subject: `Agenda extended: ${title}`,
			paragraphs: ['the agenda of the assembly was extended. It now reads (in German):', document.join('\n')],
		}),
	},
};
