// The XML of a transfer file: pain.001.001.09 as the German banks take it (B-10 to B-12), without addresses (B-11).
import sepa from 'sepa';
import { clockOf, type Day, dayOf, partsOf } from '../../values/calendar.ts';
import { eurosOf } from '../../values/money.ts';
import { sepaText } from '../rules/files.ts';

/** A transfer: to whom, how much, why. Texts may hold any characters; they are made fit for banks here. */
export interface Transfer {
	name: string;
	iban: string;
	amountCents: number;
	/** at most 35 characters of the SEPA set */
	endToEndId: string;
	remittance: string;
}

/** A file of transfers from the cooperative's account. */
export interface TransferFile {
	messageId: string;
	createdAt: Date;
	executionOn: Day;
	debtor: { name: string; iban: string };
	transfers: readonly Transfer[];
}

/** The package writes dates in the process's own time zone: a Date that shows this wall clock there. */
function localDate(day: Day, clock: string): Date {
	const [year, month, dayOfMonth] = partsOf(day);
	const [hours = 12, minutes = 0] = clock.split(':').map(Number);
	return new Date(year, month - 1, dayOfMonth, hours, minutes);
}

/**
 * The file's XML. Amounts go through the package as floats of two digits, so its control sum is compared with the exact one.
 * Throws Error if a transfer breaks the format or the sums differ: the caller checks everything a person could have caused.
 */
export function transferFileXml({ messageId, createdAt, executionOn, debtor, transfers }: TransferFile): string {
	const file = new sepa.Document('pain.001.001.09');
	file.grpHdr.id = messageId;
	file.grpHdr.created = localDate(dayOf(createdAt), clockOf(createdAt));
	file.grpHdr.initiatorName = sepaText(debtor.name, 70);
	const info = file.createPaymentInfo();
	info.batchBooking = true;
	info.requestedExecutionDate = localDate(executionOn, '12:00');
	info.debtorName = sepaText(debtor.name, 70);
	info.debtorIBAN = debtor.iban;
	file.addPaymentInfo(info);
	for (const transfer of transfers) {
		const transaction = info.createTransaction();
		transaction.creditorName = sepaText(transfer.name, 70);
		transaction.creditorIBAN = transfer.iban;
		transaction.amount = Number(eurosOf(transfer.amountCents));
		transaction.end2endId = transfer.endToEndId;
		transaction.remittanceInfo = sepaText(transfer.remittance, 140);
		info.addTransaction(transaction);
	}
	const xml = file.toString();
	const sum = eurosOf(transfers.reduce((cents, { amountCents }) => cents + amountCents, 0));
	if (!xml.includes(`<CtrlSum>${sum}</CtrlSum>`)) throw new Error(`the control sum of ${messageId} is not ${sum}`);
	return xml;
}
