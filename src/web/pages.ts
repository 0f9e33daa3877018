// The pages: what has run and why.
import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { Run } from '../domain/run.ts'
import type { Store } from '../domain/store.ts'
import { loopbackOnly, tokenHolder } from './local.ts'

/** `/` and `/runs/:id`, on this machine and with the server's token alone. */
export function runPages(app: Hono, { store, local }: { store: Store; local: { token: string } }): void {
  const holder = tokenHolder(local.token)
  app.get('/', loopbackOnly, holder, async context =>
    context.html(page('Watchbill', list(await store.runs.list({ limit: 50 })))),
  )
  app.get('/runs/:id', loopbackOnly, holder, async context => {
    const run = await store.runs.get(context.req.param('id'))
    if (!run) return context.html(page('No such run', html`<p>No run has this id. <a href="/">All runs</a></p>`), 404)
    const findings = await store.findings.ofRun(run.id)
    const occurrences = await store.occurrences.ofRun(run.id)
    return context.html(
      page(
        `Run ${run.id}`,
        html`<p>${titleOf(run)}: ${stateOf(run)}. ${run.because ?? ''}</p>
          <h2>Why it ran</h2>
          <ul>${occurrences.map(one => html`<li>${one.routine}: ${one.verdict}. ${one.because}</li>`)}</ul>
          <h2>Findings</h2>
          ${findings.length === 0 ? html`<p>None.</p>` : html`<ul>${findings.map(one => html`<li><strong>${one.severity}</strong> ${one.title} (<code>${one.file}</code>): ${one.verdict.verdict}. ${one.verdict.because}</li>`)}</ul>`}
          ${run.kind === 'work' && run.report ? html`<h2>Report</h2><pre>${run.report}</pre>` : ''}
          <p><a href="/">All runs</a></p>`,
      ),
    )
  })
}

function list(runs: Run[]) {
  if (runs.length === 0)
    return html`<p>Nothing has run yet. Open a pull request in a repository that has the app, or comment <code>@watchbill review</code> on one.</p>`
  return html`<table>
    <thead><tr><th scope="col">Run</th><th scope="col">About</th><th scope="col">State</th><th scope="col">Cost</th><th scope="col">Why</th></tr></thead>
    <tbody>${runs.map(run => html`<tr><td><a href="/runs/${run.id}">${run.id}</a></td><td>${titleOf(run)}</td><td>${stateOf(run)}</td><td>$${run.usd.toFixed(2)}</td><td>${run.because ?? ''}</td></tr>`)}</tbody>
  </table>`
}

const titleOf = ({ repository, number }: Run) =>
  `${repository.owner}/${repository.name}${number === undefined ? '' : `#${number}`}`
const stateOf = (run: Run) => (run.status === 'ended' ? run.end : run.status)

function page(title: string, body: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          body { font: 1rem/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
          table { border-collapse: collapse; width: 100%; }
          th, td { text-align: left; padding: 0.4rem 0.6rem; border-bottom: 1px solid; vertical-align: top; }
          code { overflow-wrap: anywhere; }
          pre { white-space: pre-wrap; }
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${body}
      </body>
    </html>`
}
