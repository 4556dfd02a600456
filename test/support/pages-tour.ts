import type { Page } from 'playwright-core';
import { authorizeUrl, pkce, registeredClient, signIn } from './oauth-login.js';
import { addUser, DEMO_USER, type OAuthServer } from './oauth-server.js';

const LONG_NAME = 'A rather long name of an application that somebody has registered for the whole department';

/** One page of the server in one state: how a browser gets there. */
export interface Stop {
  readonly name: string;
  readonly open: (page: Page) => Promise<void>;
}

/** The tour needs these: one looks as it comes, the other has a colour that is hard to read on. */
export const TOUR_TENANTS = [
  { path: '/workshop', read_only: false, exports: true },
  { path: '/contoso', brand: { name: 'Contoso', color: '#ffd400', logo_file: 'docs/images/sign-in.png' } },
];

/** Leads a browser to every page of `TOUR_TENANTS`. Each stop begins without cookies. */
export async function pagesOf(server: OAuthServer): Promise<readonly Stop[]> {
  const base = `${server.url}/workshop`;
  const newcomer = { username: 'newcomer', password: DEMO_USER.password };
  await addUser(server.usersFile, newcomer.username, newcomer.password);
  for (let count = 0; count < 12; count++) {
    await signIn({ url: server.url, tenant: 'workshop', ...DEMO_USER });
  }

  const authorization = async (client_name: string, redirect_uri: string) => {
    const client_id = await registeredClient(base, { redirect_uris: [redirect_uri], client_name });
    const scope = 'sql:read sql:write sql:export';
    return authorizeUrl(base, { client_id, code_challenge: pkce().challenge, redirect_uri, scope });
  };
  const fill = async (page: Page, { username, password } = DEMO_USER) => {
    await page.fill('[name=username]', username);
    await page.fill('[name=password]', password);
    await page.click('button.primary');
  };
  const account = async (page: Page, person = DEMO_USER) => {
    await page.goto(`${base}/account`);
    await fill(page, person);
    await page.waitForSelector('form[action$="/sign-out"]');
  };

  return [
    { name: 'welcome', open: async page => void (await page.goto(`${server.url}/`)) },
    { name: 'connect', open: async page => void (await page.goto(`${base}/docs`)) },
    { name: 'branded-sign-in', open: async page => void (await page.goto(`${server.url}/contoso/account`)) },
    { name: 'branded-connect', open: async page => void (await page.goto(`${server.url}/contoso/docs`)) },
    {
      name: 'sign-in',
      open: async page =>
        void (await page.goto(await authorization('Report writer', 'http://127.0.0.1:4711/callback'))),
    },
    {
      name: 'sign-in-error',
      open: async page => {
        await page.goto(await authorization('Report writer', 'http://127.0.0.1:4711/callback'));
        await fill(page, { username: 'demo', password: 'wrong' });
        await page.waitForSelector('[role=alert]');
      },
    },
    {
      name: 'consent',
      open: async page => {
        await page.goto(await authorization('Report writer', 'http://127.0.0.1:4711/callback'));
        await fill(page);
        await page.waitForSelector('button[value=approve]');
      },
    },
    {
      name: 'consent-long',
      open: async page => {
        const path = 'a'.repeat(60);
        await page.goto(await authorization(LONG_NAME, `https://vscode.dev/${path}/${path}`));
        await fill(page);
        await page.waitForSelector('button[value=approve]');
      },
    },
    { name: 'account', open: page => account(page) },
    {
      name: 'account-revoked',
      open: async page => {
        await account(page);
        await page.click('section button');
        await page.waitForSelector('[role=status]');
      },
    },
    { name: 'account-empty', open: page => account(page, newcomer) },
    {
      name: 'error',
      open: async page =>
        void (await page.goto(`${base}/authorize?client_id=nobody&redirect_uri=https://evil.example/`)),
    },
  ];
}
