import express from 'express'
import { bookingRoutes } from './bookings/routes.ts'
import { exportRoutes } from './export/routes.ts'
import { requireStaff } from './http/authentication.ts'
import { answerErrors } from './http/errors.ts'
import { refundRoutes } from './refunds/routes.ts'
import { gatewayWebhook } from './refunds/webhook.ts'

export function createApp() {
  const app = express()
  app.get('/health', (_request, response) => void response.send('ok'))
  app.post('/webhooks/gateway', express.raw({ type: 'application/json' }), gatewayWebhook)

  // Everything below /api is for signed-in staff of a marina.
  app.use('/api', express.json(), requireStaff)
  app.use('/api/bookings', bookingRoutes)
  app.use('/api/refunds', refundRoutes)
  app.use('/api/export', exportRoutes)

  app.use(answerErrors)
  return app
}
