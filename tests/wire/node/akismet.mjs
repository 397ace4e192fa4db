// Runs the unmodified akismet-api and @cedx/akismet against another host, as an application would:
// by their own options. Reads one JSON object from standard input, {client, url, key, blog, calls:
// [[method, comment], …]}, and prints what each call came to.

import { readFileSync } from 'node:fs';
import { AkismetClient } from 'akismet-api';
import { Author, Blog, Client, Comment } from '@cedx/akismet';

const { client, url, key, blog, calls, ...more } = JSON.parse(readFileSync(0, 'utf8'));
const { protocol, host } = new URL(url);

const clients = {
  // The key goes in front of the host, with a dot: `KEY.x@HOST` makes it a user name.
  'akismet-api': () => {
    const made = new AkismetClient({ key, blog, host: `x@${host}`, protocol: protocol.slice(0, -1) });
    return (method, comment) => made[method](comment);
  },
  '@cedx/akismet': () => {
    const made = new Client(key, new Blog({ url: blog, charset: 'UTF-8', languages: ['en'] }), { baseUrl: url, ...more });
    return (method, comment) => {
      if (!comment) return made[method]();
      const { author, ...rest } = comment;
      return made[method](new Comment({ ...rest, author: author ? new Author(author) : null }));
    };
  },
};

const call = clients[client]();
const results = [];
for (const [method, comment] of calls) {
  try {
    const answer = await call(method, comment);
    // What akismet-api gives of a submission is the whole response.
    results.push({ answer: answer === undefined ? null : (answer.text ?? answer) });
  } catch (error) {
    results.push({ error: error.message });
  }
}
console.log(JSON.stringify(results));
