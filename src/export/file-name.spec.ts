import { fileNameOf } from './file-name.js';

describe('the name of a file', () => {
  it.each([
    [undefined, 'export.csv'],
    ['', 'export.csv'],
    ['orders', 'orders.csv'],
    ['Orders.CSV', 'Orders.csv'],
    ['report.xlsx', 'report.xlsx.csv'],
    ['Zażółć 🙂', 'Zażółć 🙂.csv'],
    ['a/b\\c:d', 'a_b_c_d.csv'],
    ['../../etc/passwd', '_.._etc_passwd.csv'],
    ['..', 'export.csv'],
    ['.hidden', 'hidden.csv'],
    ['con', 'export.csv'],
    ['COM1', 'export.csv'],
    ['a\r\nb\0c', 'a_b_c.csv'],
    ['invoice\u202Egpj.exe', 'invoice_gpj.exe.csv'],
    ['"quoted";x', '_quoted_;x.csv'],
    ['x'.repeat(300), `${'x'.repeat(100)}.csv`],
    ['🙂'.repeat(300), `${'🙂'.repeat(100)}.csv`],
  ])('%j is %j', (wanted, name) => {
    expect(fileNameOf(wanted, 'csv')).toBe(name);
  });
});
