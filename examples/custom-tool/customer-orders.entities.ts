import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'sales', name: 'Customers' })
export class Customer {
  @PrimaryColumn('nchar', { name: 'CustomerID', length: 5 }) id!: string;
  @Column('nvarchar', { name: 'CompanyName', length: 80 }) name!: string;
  @OneToMany(() => Order, order => order.customer) orders!: Order[];
}

@Entity({ schema: 'sales', name: 'Orders' })
export class Order {
  @PrimaryColumn('int', { name: 'OrderID' }) id!: number;
  @ManyToOne(() => Customer, customer => customer.orders)
  @JoinColumn({ name: 'CustomerID' })
  customer!: Customer;
  /** In UTC, because the column has no time zone. */
  @Column('datetime', { name: 'OrderDate' }) placed!: Date;
  /** A text, because a JavaScript number can't hold every decimal or money. */
  @Column('money', { name: 'Freight' }) freight!: string;
}
