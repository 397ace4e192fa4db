// Runs the unmodified perspective-api-client against another host, as an application would:
// with an interceptor in the axios that the client uses. Reads one JSON object from standard input,
// {url, key, calls: [[text or resource, options], …]}, and prints what each call came to.

const { readFileSync } = require('node:fs');
const axios = require('axios');
const Perspective = require('perspective-api-client');

const { url, key, calls } = JSON.parse(readFileSync(0, 'utf8'));

axios.interceptors.request.use((config) => ({
  ...config,
  url: config.url.replace('https://commentanalyzer.googleapis.com', url),
}));

async function run() {
  const client = new Perspective({ apiKey: key });
  const results = [];
  for (const [text, options] of calls) {
    try {
      results.push({ answer: await client.analyze(text, options) });
    } catch (error) {
      const response = error.response;
      results.push({ error: error.name, message: error.message, status: response && response.status });
    }
  }
  console.log(JSON.stringify(results));
}

run();
