#!/usr/bin/env node
import { execute } from '@oclif/core'
import { settings } from '@oclif/core/settings'

settings.enableAutoTranspile = false
await execute({ dir: import.meta.url })
