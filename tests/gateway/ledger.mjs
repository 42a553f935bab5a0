// What an audit log says was used, beside what meters have counted.
import { readFileSync } from 'node:fs';
import path from 'node:path';

// The whole records of a log file, in its order; one that its writer did not finish is left out.
export function recordsOf(gateway, name = 'audit.jsonl') {
  let text = '';
  try {
    text = readFileSync(path.join(gateway.folder ?? gateway, name), 'utf8');
  } catch {
    // nothing is written yet
  }
  return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

// When the request of a record had ended, in milliseconds since the epoch.
export const endOf = (record) => Date.parse(record.time) + record.us.total / 1000;

export const amountOf = (record, meter) => record.meters?.find((one) => one.name === meter)?.amount ?? 0;

// What records say that a meter has counted for a key. Money is added in billionths of a dollar, as the gateway does.
export function total(records, meter, key) {
  const amounts = records.flatMap((record) => record.meters ?? []).filter((one) => one.name === meter && (key === undefined || one.key === key)).map((one) => one.amount);
  return amounts.reduce((sum, amount) => sum + Math.round(amount * 1e9), 0) / 1e9;
}
