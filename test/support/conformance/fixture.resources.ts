import { ResourceTemplate, Resource } from '../../../src/resources/resource.decorator.js';
import type { ResourceHandler, ResourceTemplateHandler } from '../../../src/resources/resource.js';
import { PNG } from './fixture.js';

@Resource({
  uri: 'test://static-text',
  name: 'static-text',
  title: 'Static text',
  description: 'A text that never changes',
  mimeType: 'text/plain',
  scope: 'sql:read',
})
class StaticText implements ResourceHandler {
  async read() {
    return [
      { uri: 'test://static-text', mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
    ];
  }
}

@Resource({
  uri: 'test://static-binary',
  name: 'static-binary',
  title: 'Static picture',
  description: 'A picture that never changes',
  mimeType: 'image/png',
  scope: 'sql:read',
})
class StaticBinary implements ResourceHandler {
  async read() {
    return [{ uri: 'test://static-binary', mimeType: 'image/png', blob: PNG }];
  }
}

@Resource({
  uri: 'test://watched-resource',
  name: 'watched-resource',
  title: 'Watched resource',
  description: 'A resource to subscribe to',
  mimeType: 'text/plain',
  scope: 'sql:read',
})
class WatchedResource implements ResourceHandler {
  async read() {
    return [{ uri: 'test://watched-resource', mimeType: 'text/plain', text: 'Watched resource content' }];
  }
}

@ResourceTemplate({
  uriTemplate: 'test://template/{id}/data',
  name: 'template',
  title: 'Template',
  description: 'A resource with a parameter',
  mimeType: 'application/json',
  scope: 'sql:read',
})
class TemplateResource implements ResourceTemplateHandler {
  async read(uri: string, { id = '' }: Readonly<Record<string, string>>) {
    return [
      {
        uri,
        mimeType: 'application/json',
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
      },
    ];
  }
}

export const FIXTURE_RESOURCES = [StaticText, StaticBinary, WatchedResource, TemplateResource];
