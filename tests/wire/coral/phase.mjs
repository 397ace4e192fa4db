// Calls an external moderation phase as Coral's server does: JSON with two blanks of indentation,
// signed with every secret that has not run out, given up after the phase's time limit. Reads one
// JSON object from standard input, {url, secrets, timeout, requests}, and prints each answer.

import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';

const { url, secrets, timeout, requests } = JSON.parse(readFileSync(0, 'utf8'));
const answers = [];
for (const request of requests) {
  const body = JSON.stringify(request, null, 2);
  const sign = (secret) => `sha256=${crypto.createHmac('sha256', secret).update(body).digest('hex')}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Coral-Signature': secrets.map(sign).join(',') },
    body,
    signal: AbortSignal.timeout(timeout),
  });
  const text = await response.text();
  answers.push({ status: response.status, body: text === '' ? null : JSON.parse(text) });
}
console.log(JSON.stringify(answers));
