import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, ValidateNested } from 'class-validator';
import { checkSettings } from './check-settings.js';
import { IsChoice, IsFlag, IsText, IsTextList, IsWholeNumber } from './setting.decorators.js';

class Limits {
  @IsWholeNumber(1, 10) maxRows = 5;
}

class Entry {
  @IsText(5) name!: string;
  @IsOptional() @IsTextList(2, 4) groups?: string[];
  @IsChoice(['one', 'two']) kind = 'one';
  @IsFlag() readOnly = true;
  @IsOptional() @IsString({ each: true }) @IsArray() words?: string[];
  @IsOptional() @ValidateNested({ message: 'must hold limits' }) @Type(() => Limits) limits?: Limits;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Limits) more?: Limits[];
}

const faultsOf = (plain: object) => checkSettings(Entry, plain).faults;

describe('checkSettings', () => {
  it('gives an instance with the defaults of its class', () => {
    const { settings, faults } = checkSettings(Entry, { name: 'ana', limits: {} });
    expect(faults).toEqual([]);
    expect(settings).toBeInstanceOf(Entry);
    expect(settings).toMatchObject({ kind: 'one', readOnly: true, limits: { maxRows: 5 } });
  });

  it.each<[object, string]>([
    [{}, 'name is not set.'],
    [{ name: '' }, 'name must not be empty.'],
    [{ name: 'abcdef' }, 'name must be at most 5 characters long.'],
    [{ name: 12 }, 'name must be a text: put it into quotes.'],
    [{ name: ['a'] }, 'name must be a text.'],
    [{ name: 'a', groups: 'a' }, 'groups must be a list of at most 2 texts of 1 to 4 characters.'],
    [{ name: 'a', groups: ['a', 'b', 'c'] }, 'groups must be a list of at most 2 texts of 1 to 4 characters.'],
    [{ name: 'a', groups: [1] }, 'groups must be a list of at most 2 texts of 1 to 4 characters.'],
    [{ name: 'a', kind: 'three' }, 'kind must be one of one, two.'],
    [{ name: 'a', readOnly: 'yes' }, 'read_only must be true or false.'],
    [{ name: 'a', words: [1] }, 'words: each value must be a string.'],
    [{ name: 'a', words: 'x' }, 'words must be an array.'],
    [{ name: 'a', limits: { maxRows: 0.5 } }, 'limits.max_rows must be a whole number from 1 to 10.'],
    [{ name: 'a', limits: { maxRows: '5' } }, 'limits.max_rows must be a whole number from 1 to 10.'],
    [{ name: 'a', more: [{}, { maxRows: 11 }] }, 'more[1].max_rows must be a whole number from 1 to 10.'],
  ])('says what is wrong with %j in one sentence', (plain, fault) => {
    expect(faultsOf(plain)).toEqual([fault]);
  });

  it('names the setting that is nearest to an unknown one', () => {
    expect(faultsOf({ name: 'a', readOlny: true })).toEqual(['unknown setting "read_olny". Did you mean "read_only"?']);
    expect(faultsOf({ name: 'a', limits: { maxRow: 1 } })).toEqual([
      'unknown setting "limits.max_row". Did you mean "limits.max_rows"?',
    ]);
  });

  it('names the known settings when none is near', () => {
    expect(faultsOf({ name: 'a', limits: { xxxxxxxxxxxx: 1 } })).toEqual([
      'unknown setting "limits.xxxxxxxxxxxx". Known settings: limits.max_rows.',
    ]);
  });

  it('lists every fault at once and quotes no value', () => {
    const faults = faultsOf({ name: 'planted', kind: 'planted', groups: 'planted', unknown: 'planted' });
    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toContain('planted');
  });

  it('takes the names that the caller has, and leaves out what the caller knows', () => {
    const nameOf = ([first = '']: readonly string[]) => (first === 'kind' ? undefined : first.toUpperCase());
    expect(checkSettings(Entry, { kind: 'x' }, nameOf).faults).toEqual(['NAME is not set.']);
  });
});
