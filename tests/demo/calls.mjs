// The calls of the demo: made by the official OpenAI client, looked up in the gateway's log, decided again by `aipol eval`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import OpenAI from '../clients/openai.mjs';

const { ADDRESS, AIPOL, WORK, DEVELOPER, ANALYST, FINANCE } = process.env;
const chat = '/v1/chat/completions';
const hello = [{ role: 'user', content: 'hello' }];

const people = {
  dana: { kind: 'app', method: 'api_key', id: 'dana', roles: ['developer'] },
  ann: { kind: 'app', method: 'api_key', id: 'ann', roles: ['analyst'], team: 'platform' },
  finn: { kind: 'app', method: 'api_key', id: 'finn', roles: ['developer'], team: 'finance' },
};

const calls = [
  { what: 'a developer asks the small model', key: DEVELOPER, who: 'dana', body: { model: 'gpt-4o-mini', messages: hello }, want: 200 },
  { what: 'the same, streamed', key: DEVELOPER, who: 'dana', body: { model: 'gpt-4o-mini', messages: hello, stream: true }, want: 200 },
  { what: 'nobody in particular', key: null, who: null, body: { model: 'gpt-4o-mini', messages: hello }, want: 401 },
  { what: 'a developer asks the sensitive model', key: DEVELOPER, who: 'dana', body: { model: 'gpt-4o', messages: hello }, want: 403 },
  { what: 'an analyst asks the sensitive model', key: ANALYST, who: 'ann', body: { model: 'gpt-4o', messages: hello }, want: 200 },
  { what: 'an analyst asks the risk service', key: ANALYST, who: 'ann', path: '/v1/ai/financial_risk', body: { messages: hello }, want: 403 },
  { what: 'someone in finance asks the risk service', key: FINANCE, who: 'finn', path: '/v1/ai/financial_risk', body: { messages: hello }, want: 200 },
  { what: 'a long answer without a reason', key: DEVELOPER, who: 'dana', body: { model: 'gpt-4o-mini', messages: hello, max_tokens: 9000 }, want: 403 },
  { what: 'a model that is not declared', key: DEVELOPER, who: 'dana', body: { model: 'gpt-9', messages: hello }, want: 404 },
  { what: 'a body that is no chat', key: DEVELOPER, who: 'dana', body: { model: 'gpt-4o-mini', messages: 'hello' }, want: 400 },
  { what: 'the list of models', key: DEVELOPER, who: 'dana', method: 'get', path: '/v1/models', want: 200 },
];

function client(key) {
  return new OpenAI({
    baseURL: `http://${ADDRESS}/v1`, apiKey: key ?? 'none', maxRetries: 0,
    defaultHeaders: key === null ? { Authorization: null } : {},
  });
}

async function call({ key, method, path, body }) {
  const openai = client(key);
  if (method === 'get') {
    const page = await openai.models.list();
    return page.data.map((model) => model.id).join(', ');
  }
  if (path) {
    const answer = await openai.post(path.replace(/^\/v1/, ''), { body });
    return answer.choices[0].message.content;
  }
  const answer = await openai.chat.completions.create(body);
  if (!body.stream) return answer.choices[0].message.content;
  const parts = [];
  for await (const chunk of answer) parts.push(chunk.choices[0]?.delta?.content ?? '');
  return parts.filter(Boolean).join('|');
}

async function logLine(number) {
  for (let i = 0; i < 200; i++) {
    const lines = readFileSync(`${WORK}/access.log`, 'utf8').split('\n').filter(Boolean);
    if (lines.length > number) return JSON.parse(lines[number]);
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`the gateway logged ${number} calls, one is missing`);
}

function evaluate({ who, method, path, body }) {
  const record = {
    request: { path: path ?? chat, method: method ?? 'post', ...(body && { body_text: JSON.stringify(body) }) },
    ...(who && { principal: people[who] }),
  };
  const run = spawnSync(AIPOL, ['eval', `${WORK}/hello`, '--request', '-', '--format', 'json'], { input: JSON.stringify(record) });
  return JSON.parse(run.stdout.toString());
}

let wrong = 0;
for (const [number, one] of calls.entries()) {
  let status = 200, text;
  try {
    text = `"${await call(one)}"`;
  } catch (error) {
    status = error.status;
    text = error.error?.message ?? error.message;
  }
  const logged = await logLine(number);
  const said = evaluate(one);
  const place = logged.statement ? `${logged.policy} (${logged.statement.replace(/^.*hello\//, 'hello/')})` : 'no policy';
  console.log(`\n${number + 1}. ${one.what}\n   ${status} ${text}\n   decided by ${place}`);
  const evalStatus = said.decision === 'allow' ? 200 : said.status;
  const same = evalStatus === status && said.policy === (logged.policy ?? '') && said.decision === logged.decision;
  console.log(`   aipol eval says ${said.decision} ${evalStatus} ${said.policy ? `by ${said.policy}` : ''} ${same ? '(the same)' : '(NOT THE SAME)'}`);
  if (!same || status !== one.want) wrong += 1;
}
console.log(`\n${calls.length} calls, ${wrong} not as expected`);
process.exit(wrong === 0 ? 0 : 1);
