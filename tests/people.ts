// Many invented members, for lists, searches and measurements: plausible names and places, made by the database itself.
import type postgres from 'postgres';
import { searchTextOf } from '../api/members/rules.ts';

/** Inserts members numbered from `first` on, present and past, with e-mail addresses and ends of account numbers. */
export async function generateMembers(owner: postgres.Sql, count: number, first = 1): Promise<void> {
	await owner`
		insert into members (number, kind, family_name, given_names, street, postcode, town, country, email, joined_on, left_on, search_text)
		select n, 'natural', family, given, 'Am Wehr ' || n % 80 + 1, lpad((n * 7919 % 90000 + 10000)::text, 5, '0'), town, 'DE',
			replace(lower(translate(given, 'äöüß', 'aous') || '.' || translate(family, 'äöüßÄÖÜ', 'aousAOU')), ' ', '') || n || '@post.example',
			date '2006-01-01' + n % 7000, case when n % 19 = 0 then date '2006-01-01' + n % 7000 + 300 end,
			replace(replace(replace(replace(lower(family || ' ' || given || ' ' || family || ' ' || n || ' ' || town), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')
		from generate_series(${first}::int, ${first + count - 1}::int) n,
			lateral (select
				(array['Müller','Schmidt','Schneider','Fischer','Weber','Meyer','Wagner','Becker','Schulz','Hoffmann','Groß','Köhler','Öztürk','Nowak','Brandt','Lang','Krüger','Haas','Vogt','Jäger','Winkler','Baum','Roth','Berg','Stein','Kurz','Ernst','Pfeiffer','Sauer','Busch'])[n % 30 + 1]
				|| (array['','bach','hausen','mann','feld','er','hofer','städter','ing','kamp','brink','wald','horst','meier','lein','rath','loh','egger','dorf','au','heimer','berger','thaler','blum','graf','wirth','sen','ke','ow','ski'])[n / 30 % 30 + 1]
				|| case when n % 11 = 0 then '-' || (array['Lenz','Böhm','Voß','Albers','Ritter'])[n / 11 % 5 + 1] else '' end as family,
				(array['Anna','Jörg','Änne','Peter','Sören','Maria','Uwe','Heike','Günther','Luise','Klaus','Birgit','Hüseyin','Petra','Jan','Sabine','Otto','Käthe','Ralf','Eva'])[n / 7 % 20 + 1]
				|| case when n % 3 = 0 then ' ' || (array['Marie','Josef','Sophie','Karl'])[n / 3 % 4 + 1] else '' end as given,
				(array['Auental','Sankt Georgen','Überlingen','Bad Grönenbach','Weißenburg','Lindau','Kempten','Ravensburg','Füssen','Oberstdorf','Markdorf','Tettnang'])[n / 13 % 12 + 1] as town) as invented`;
	await owner`
		insert into member_secrets (member_id, iban, iban_blind, iban_last4)
		select id, decode('00', 'hex'), decode(md5(number::text), 'hex'), lpad((number * 7 % 10000)::text, 4, '0') from members where number between ${first}::int and ${first + count - 1}::int`;
	await owner`analyze members`;
	await owner`analyze member_secrets`;
}

/** Puts one natural person into the list of members, past the services; answers the id. */
export async function insertMember(
	owner: postgres.Sql,
	member: { number: number; givenNames: string; familyName: string; town?: string; email?: string },
): Promise<string> {
	const { number, givenNames, familyName, town = 'Auental', email = null } = member;
	const [row] = await owner<{ id: string }[]>`
		insert into members (number, kind, family_name, given_names, street, postcode, town, country, email, joined_on, search_text)
		values (${number}, 'natural', ${familyName}, ${givenNames}, 'Lindenweg 2', '43210', ${town}, 'DE', ${email}, '2024-05-05',
			${searchTextOf(number, { familyName, givenNames }, town)}) returning id`;
	return row?.id ?? '';
}
