import fc from 'fast-check';
import { contrast, inkOn, MIN_CONTRAST, readableOn } from './colors.js';

const color = fc.integer({ min: 0, max: 0xffffff }).map(value => `#${value.toString(16).padStart(6, '0')}`);

describe('the colours of an organisation', () => {
  it('have the contrast that WCAG computes', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('carry a text that can be read, whatever the colour', () => {
    fc.assert(fc.property(color, value => contrast(value, inkOn(value)) >= MIN_CONTRAST));
  });

  it('are changed for links only as far as the ground demands', () => {
    fc.assert(
      fc.property(color, fc.constantFrom('#ffffff', '#1b1f24'), (value, ground) => {
        const link = readableOn(value, ground);
        return contrast(link, ground) >= MIN_CONTRAST && (contrast(value, ground) < MIN_CONTRAST || link === value);
      }),
    );
    expect(readableOn('#0a5fb4', '#ffffff')).toBe('#0a5fb4');
    expect(readableOn('#ffd400', '#ffffff')).toMatch(/^#[0-9a-f]{6}$/);
  });
});
