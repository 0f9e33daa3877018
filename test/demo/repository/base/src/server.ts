import { createApp } from './app.ts'
import { config } from './config.ts'
import { log } from './log.ts'

createApp().listen(config.port, () => log.info('listening', { port: config.port }))
