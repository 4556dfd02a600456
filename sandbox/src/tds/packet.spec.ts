import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HEADER_LENGTH, MessageReader, PacketWriter, resetMode } from './packet.ts';

describe('packets', () => {
  it('carry any response, cut and sent in any pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 512, max: 2048 }),
        fc.integer({ min: 1, max: 700 }),
        (parts, packetSize, chunk) => {
          const writer = new PacketWriter();
          writer.packetSize = packetSize;
          const wire = Buffer.concat(parts.map((part, i) => writer.frame(Buffer.from(part), i === parts.length - 1)));
          const reader = new MessageReader(1 << 20);
          const messages = [];
          for (let at = 0; at < wire.length; at += chunk) messages.push(...reader.push(wire.subarray(at, at + chunk)));
          expect(messages).toHaveLength(1);
          expect(messages[0]?.body.equals(Buffer.concat(parts))).toBe(true);
          for (let at = 0; at < wire.length; at += wire.readUInt16BE(at + 2)) {
            const last = at + wire.readUInt16BE(at + 2) === wire.length;
            expect(wire.readUInt16BE(at + 2)).toBeLessThanOrEqual(packetSize);
            expect(wire.readUInt8(at + 1) & 1).toBe(last ? 1 : 0);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    [0x01, 'none'],
    [0x09, 'full'],
    [0x11, 'keepTransaction'],
    [0x19, 'full'],
  ])('status 0x%s asks for reset: %s', (status, mode) => {
    expect(resetMode(status)).toBe(mode);
  });

  it('keeps no memory for packets without content', () => {
    const reader = new MessageReader(1 << 20);
    const empty = Buffer.from([1, 0, 0, 8, 0, 0, 0, 0]);
    const thousand = Buffer.concat(Array.from({ length: 1000 }, () => empty));
    const before = process.memoryUsage();
    for (let i = 0; i < 1000; i++) expect([...reader.push(Buffer.from(thousand))]).toEqual([]);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    expect(heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(64 * 1024 * 1024);
  });

  it('refuses a message beyond the limit, and a packet shorter than its header', () => {
    const packet = (length: number, status: number): Buffer => {
      const bytes = Buffer.alloc(Math.max(length, HEADER_LENGTH));
      bytes.writeUInt8(1, 0);
      bytes.writeUInt8(status, 1);
      bytes.writeUInt16BE(length, 2);
      return bytes;
    };
    expect(() => [...new MessageReader(100).push(packet(200, 0))]).toThrow(/longer than/);
    expect(() => [...new MessageReader(100).push(packet(4, 1))]).toThrow(/shorter/);
  });
});
