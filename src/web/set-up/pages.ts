// What set-up shows: the code, the App to be made, its test delivery, and the way by hand.
import { html } from 'hono/html'
import { type AppFile, webhookPath } from '../../domain/made-app.ts'
import type { Html, Page } from './frame.ts'
import type { Session } from './guard.ts'
import { levels, reasons } from './reasons.ts'

export function codePage(base: string, webhookUrl: string, complaint?: string): Page {
  return {
    title: 'Set up Watchbill',
    ...(complaint && { status: 403 }),
    body: html`<p>Watchbill runs, but no GitHub App is configured yet, so nothing is reviewed.</p>
${complain(complaint)}
<form method="post" action="${pathOf(base)}/set-up/code">
<label for="code">Code</label>
<input id="code" name="code" type="text" required autofocus autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" aria-describedby="where">
<p id="where" class="note">The terminal in which the server was started shows it; in a container, its log does. It opens set-up in one browser, for an hour.</p>
<button>Continue</button>
</form>
${byHand(webhookUrl)}`,
  }
}

export interface Offer {
  session: Session
  /** Where the form leads at GitHub. */
  action: string
  manifest: string
  github: string
  file: AppFile
  complaint?: string | undefined
}

export function appPage({ session, action, manifest, github, file, complaint }: Offer): Page {
  const { publicUrl, organisation } = session
  const host = new URL(github).host
  return {
    title: 'Create the GitHub App',
    formsTo: new URL(github).origin,
    ...(complaint && { status: 400 }),
    body: html`${complain(complaint)}
${
  publicUrl === ''
    ? html`<p>One thing is missing: the address at which GitHub reaches this server. Fill it in below.</p>`
    : html`<p>GitHub asks you once more, then makes an app that belongs to ${organisation || 'you'} and sends you back here. Be signed in to ${host} in this browser.</p>
${unreachable(publicUrl, github)}
<form method="post" action="${action}">
<input type="hidden" name="manifest" value="${manifest}">
<button>Create it on ${host}</button>
</form>`
}
<h2>Choices</h2>
<form method="post" action="${pathOf(session.base)}/set-up/choices">
<input type="hidden" name="token" value="${session.token}">
<label for="organisation">Organisation that it shall belong to</label>
<input id="organisation" name="organisation" type="text" value="${organisation}" maxlength="39" autocomplete="off" spellcheck="false" aria-describedby="whose">
<p id="whose" class="note">Empty: your own account. The app can be installed on the repositories of the account that it belongs to, and on no others.</p>
<label for="publicUrl">Where GitHub reaches this server</label>
<input id="publicUrl" name="publicUrl" type="url" required value="${publicUrl}" maxlength="300" placeholder="https://watchbill.example.com" aria-describedby="reach">
<p id="reach" class="note">The address of the proxy or tunnel in front; <code>PUBLIC_URL</code>, where that is set. Deliveries go to <code>${webhookPath}</code> there.</p>
<label class="choice"><input type="radio" name="keep" value="file" ${session.keep === 'file' ? 'checked' : ''}><span>Keep the app’s key and secrets in <code>WATCHBILL_DATA</code>, in a file that only the server’s user reads</span></label>
<label class="choice"><input type="radio" name="keep" value="environment" ${session.keep === 'environment' ? 'checked' : ''}><span>Write nothing down: show them to me once, as environment</span></label>
<p class="note">They hold once you have pressed this; then create the app with the button above.</p>
<button class="second">Use these</button>
</form>
<h2>What it may do</h2>
<dl>${Object.entries(file.default_permissions).map(
      ([name, level]) => html`<dt>${reasons[name]?.name ?? name}: ${levels[level] ?? level}</dt>
<dd>${reasons[name]?.why ?? ''}</dd>`,
    )}</dl>
<p class="note">Nothing else: no administration, no secrets, no workflows, no write access to code. It works where you install it, and nowhere else.</p>`,
  }
}

export interface Delivered {
  app: { name: string; install: string }
  /** What came, and when; undefined until one was really received. */
  received: { name: string; at: string } | undefined
  /** GitHub's own last try, where it lists one. */
  tried: { at: string; status: number } | undefined
  /** Why GitHub's list could not be read. */
  problem: string | undefined
  /** Said once there was time for one to come. */
  late: boolean
  /** Nobody gave the server the model's key yet. */
  keyless: boolean
}

export function donePage(session: Session, shown: Delivered, environment: string | undefined): Page {
  const { app, received } = shown
  return {
    title: received ? 'Watchbill is on watch' : 'Waiting for a delivery',
    // What is shown once is not taken away from under the eyes that read it.
    ...(received ? {} : { again: 3 }),
    body: html`<p>The app <strong>${app.name}</strong> is made, and this server has taken it up; no restart is needed.</p>
${
  received
    ? html`<p class="good" role="status">A test delivery (<code>${received.name}</code>) was received at ${received.at} and its signature fits: GitHub reaches this server.</p>`
    : html`<p role="status">GitHub sends a test delivery to <code>${session.publicUrl}${webhookPath}</code>. None was received yet; this page looks again every few seconds.</p>${shown.late ? notComing(session, shown) : ''}`
}
${environment ? kept(environment) : ''}
<h2>Next</h2>
<p>Install it on the repositories that it shall review. Nothing that is already open is reviewed.</p>
<a class="button" href="${app.install}">Install the app</a>
<p>Then open a pull request; its checks appear within seconds, its review within minutes.</p>
${shown.keyless ? html`<p class="bad">No review can be made yet: the model’s key is missing. Set <code>ANTHROPIC_API_KEY</code> in the environment or in <code>.env</code>, and start the server again.</p>` : ''}
${finish(session)}`,
  }
}

/** The App is made, and what GitHub gives only once is kept or shown. */
export function troublePage(session: Session, trouble: string, environment: string | undefined): Page {
  return {
    title: 'The app is made, but not on watch',
    status: 500,
    body: html`<p class="bad" role="alert">${trouble}</p>
<p>${environment ? 'Set what stands below in the environment, and start the server again.' : 'Its key and secrets are kept. Start the server again: it takes the app up then.'}</p>
${environment ? kept(environment) : ''}
${finish(session)}`,
  }
}

const finish = (
  session: Session,
) => html`<p class="note">Finish ends set-up in this browser and forgets what was shown; the server goes on either way.</p>
<form method="post" action="${pathOf(session.base)}/set-up/finish">
<input type="hidden" name="token" value="${session.token}">
<button class="second">Finish</button>
</form>`

export function messagePage(title: string, sentence: string, base: string, status = 400): Page {
  return {
    title,
    status,
    body: html`<p class="bad" role="alert">${sentence}</p><p><a href="${pathOf(base)}/">Back to set-up</a></p>`,
  }
}

/** Where GitHub sends people after they installed the App. */
export const installedPage: Page = {
  title: 'Watchbill is installed',
  body: html`<p>Open a pull request in one of the repositories that you chose: its checks appear within seconds, its review within minutes. Nothing that is already open is reviewed; comment <code>@watchbill review</code> where you want that.</p>`,
}

/** As a browser asks for it: a proxy in front may have put the server below a path. */
export const pathOf = (base: string) => new URL(base).pathname.replace(/\/+$/, '')

function complain(complaint: string | undefined): Html | '' {
  return complaint ? html`<p class="bad" role="alert">${complaint}</p>` : ''
}

function unreachable(publicUrl: string, github: string): Html | '' {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
  const own = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:)/i.test(
    host,
  )
  if (/(^|\.)example\.(com|org|net)$/i.test(host))
    return html`<p class="bad"><code>${host}</code> is the address in the documents’ example. Give your own below, of the proxy or tunnel in front.</p>`
  return own && new URL(github).hostname === 'github.com'
    ? html`<p class="bad">github.com can not reach <code>${host}</code>: it is an address of this machine or network. Put a proxy or a tunnel in front, and give its address below.</p>`
    : ''
}

function notComing(session: Session, { tried, problem }: Delivered): Html {
  const address = new URL(`${session.publicUrl}${webhookPath}`)
  const saw = problem
    ? `GitHub’s list of deliveries can not be read: ${problem}`
    : !tried
      ? 'GitHub lists no try yet.'
      : tried.status === 0
        ? `GitHub tried at ${tried.at} and could not connect.`
        : `GitHub tried at ${tried.at} and was answered ${tried.status}${tried.status >= 200 && tried.status < 300 ? ', but not by this server' : ''}.`
  return html`<section class="bad">
<p><strong>${saw}</strong> Something between GitHub and this server does not pass deliveries on:</p>
<ul>
<li>Does <code>${address.host}</code> lead to your proxy or tunnel, from outside of your network too, and is the tunnel running?</li>
<li>A firewall has to let GitHub’s addresses in; its certificate has to be one that GitHub trusts.</li>
<li>The proxy has to pass <code>POST ${address.pathname}</code> on to this server${pathOf(session.publicUrl) ? html` as <code>${webhookPath}</code>, without <code>${pathOf(session.publicUrl)}</code>` : ''}, with the body unchanged and without a sign-in.</li>
<li>No answer, or 502 to 504: the proxy does not find this server. In a container it listens for others only with <code>HOST=0.0.0.0</code>. 404: the path. 401 or 403: a sign-in in front, or a body that was changed. 3xx: an address that redirects.</li>
</ul>
<form method="post" action="${pathOf(session.base)}/set-up/again">
<input type="hidden" name="token" value="${session.token}">
<button class="second">Have GitHub deliver it again</button>
</form>
</section>`
}

function kept(environment: string): Html {
  return html`<h2>Its key and secrets</h2>
<p>They are shown until you press Finish, and written down nowhere. Set them in the environment before the next start: without them set-up opens again.</p>
<pre tabindex="0">${environment}</pre>`
}

function byHand(webhookUrl: string): Html {
  return html`<details>
<summary>By hand instead</summary>
<ol>
<li>Create a GitHub App with the permissions and events listed in <code>app.yml</code>.</li>
<li>Set its webhook URL to <code>${webhookUrl}</code> and give it a webhook secret of at least 16 random characters.</li>
<li>Start Watchbill again with <code>APP_ID</code>, <code>PRIVATE_KEY_PATH</code> and <code>WEBHOOK_SECRET</code> set (in the environment or in <code>.env</code>), and <code>ANTHROPIC_API_KEY</code> for the model.</li>
<li>Install the app on a repository and open a pull request.</li>
</ol>
</details>`
}
