// The frame of a page of set-up: no script, one style known by its hash, forms that lead to this server and to GitHub alone; light or dark as the browser is.
import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'

export type Html = ReturnType<typeof html>

export interface Page {
  title: string
  body: Html
  status?: number
  /** Seconds until the browser looks again by itself, without any script. */
  again?: number
  /** The origin of GitHub, where a form leads there. */
  formsTo?: string
}

export function show(context: Context, { title, body, status = 200, again, formsTo }: Page): Promise<Response> {
  context.header(
    'content-security-policy',
    `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'${formsTo ? ` ${formsTo}` : ''}; base-uri 'none'; frame-ancestors 'none'`,
  )
  context.header('cache-control', 'no-store')
  // With `no-referrer` browsers send no origin with a form, and that is looked at.
  context.header('referrer-policy', 'strict-origin-when-cross-origin')
  return Promise.resolve(
    context.html(
      html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${again ? html`<meta http-equiv="refresh" content="${again}">` : ''}
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<main>
<p class="name">Watchbill</p>
<h1>${title}</h1>
${body}
</main>
</body>
</html>`,
      status as 200,
    ),
  )
}

const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --faint: #57606a; --line: #d0d7de; --card: #f6f8fa; --accent: #0b5cad; --on: #fff; --bad: #a40e26; --good: #1a6e34; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; --card: #161b22; --accent: #6cb0ff; --on: #0d1117; --bad: #ff8b85; --good: #5fd07c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
.name { margin: 0; color: var(--faint); font-weight: 600; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
a { color: var(--accent); }
code, pre { font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input[type=text], input[type=url] { width: 100%; padding: .6rem; font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--faint); border-radius: 6px; }
input[name=code] { max-width: 18rem; font-family: ui-monospace, monospace; letter-spacing: .08em; text-transform: uppercase; }
.choice { display: flex; gap: .6rem; align-items: baseline; margin: .4rem 0; font-weight: 400; }
button, .button { display: inline-block; margin: 1rem .5rem 0 0; padding: .7rem 1.2rem; font: inherit; font-weight: 600; color: var(--on); background: var(--accent); border: 1px solid var(--accent); border-radius: 6px; text-decoration: none; cursor: pointer; }
.second { color: var(--accent); background: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
dl { margin: 0; border-top: 1px solid var(--line); }
dt { padding-top: .5rem; font-weight: 600; }
dd { margin: 0; padding-bottom: .5rem; border-bottom: 1px solid var(--line); }
.note { color: var(--faint); }
.bad, .good { padding: .6rem .8rem; border: 1px solid; border-left-width: 5px; border-radius: 6px; }
.bad { color: var(--bad); }
.good { color: var(--good); }
details { margin-top: 2rem; }
summary { cursor: pointer; font-weight: 600; }
`

const styleHash = createHash('sha256').update(style).digest('base64')
