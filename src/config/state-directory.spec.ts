import path from 'node:path';
import { stateDirectory } from './state-directory.js';

describe('the state directory', () => {
  it.each<[string, NodeJS.Platform, Record<string, string>, string]>([
    ['Linux', 'linux', {}, '/home/ana/.local/state/mssql-mcp'],
    ['Linux with XDG_STATE_HOME', 'linux', { XDG_STATE_HOME: '/var/ana' }, '/var/ana/mssql-mcp'],
    ['Linux with a relative XDG_STATE_HOME', 'linux', { XDG_STATE_HOME: 'ana' }, '/home/ana/.local/state/mssql-mcp'],
    ['macOS', 'darwin', { XDG_STATE_HOME: '/var/ana' }, '/home/ana/Library/Application Support/mssql-mcp'],
    ['Windows', 'win32', { LOCALAPPDATA: '/data/local' }, '/data/local/mssql-mcp'],
    ['Windows without LOCALAPPDATA', 'win32', {}, '/home/ana/AppData/Local/mssql-mcp'],
  ])('is the one of %s', (_name, platform, env, directory) => {
    expect(stateDirectory(env, platform, '/home/ana')).toBe(path.normalize(directory));
  });
});
