// The peer of the intake benchmark, as its own process: a bare Probot whose only handler is empty.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createNodeMiddleware, createProbot } from 'probot'

const probot = createProbot({
  overrides: { appId: 1, privateKey: process.env.PRIVATE_KEY!, secret: process.env.WEBHOOK_SECRET!, logLevel: 'fatal' },
})
const middleware = await createNodeMiddleware(app => void app.on('issue_comment', () => {}), {
  probot,
  webhooksPath: '/api/github/webhooks',
})
const server = createServer(async (request, response) => {
  if (!(await middleware(request, response))) response.writeHead(404).end()
})
server.listen(0, '127.0.0.1', () =>
  console.log(`answers at http://127.0.0.1:${(server.address() as AddressInfo).port}`),
)
