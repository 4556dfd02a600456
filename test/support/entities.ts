import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  VersionColumn,
} from 'typeorm';

export const ENTITY_TABLES = `
CREATE SCHEMA shop
GO
CREATE TABLE shop.Buyers (
  id int IDENTITY(1,1) NOT NULL PRIMARY KEY, name nvarchar(40) NOT NULL, born date NULL, version int NOT NULL DEFAULT 1
)
GO
CREATE TABLE shop.Purchases (
  id bigint IDENTITY(9007199254740993,1) NOT NULL PRIMARY KEY, buyerId int NOT NULL REFERENCES shop.Buyers (id),
  total decimal(19,4) NOT NULL, fee money NULL, placed datetime2(3) NOT NULL, entered datetime NULL, day date NULL,
  opens time(3) NULL, sent datetimeoffset(0) NULL, paid bit NOT NULL DEFAULT 0, receipt varbinary(max) NULL
)
GO
CREATE TABLE shop.Notes (code varchar(10) NOT NULL PRIMARY KEY, text nvarchar(max) NULL)
`;

@Entity({ schema: 'shop', name: 'Buyers' })
export class Buyer {
  @PrimaryGeneratedColumn() id!: number;
  @Column('nvarchar', { length: 40 }) name!: string;
  @Column('date', { nullable: true }) born!: string | null;
  @VersionColumn() version!: number;
  @OneToMany(() => Purchase, purchase => purchase.buyer, { cascade: ['insert'] }) purchases!: Purchase[];
}

@Entity({ schema: 'shop', name: 'Purchases' })
export class Purchase {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id!: string;
  @ManyToOne(() => Buyer, buyer => buyer.purchases) @JoinColumn({ name: 'buyerId' }) buyer!: Buyer;
  @Column('decimal', { precision: 19, scale: 4 }) total!: string;
  @Column('money', { nullable: true }) fee!: string | null;
  @Column('datetime2', { precision: 3 }) placed!: Date;
  @Column('datetime', { nullable: true }) entered!: Date | null;
  @Column('date', { nullable: true }) day!: string | null;
  @Column('time', { precision: 3, nullable: true }) opens!: string | null;
  @Column('datetimeoffset', { precision: 0, nullable: true }) sent!: Date | null;
  @Column('bit') paid!: boolean;
  @Column('varbinary', { length: 'MAX', nullable: true }) receipt!: Buffer | null;
}

@Entity({ schema: 'shop', name: 'Notes' })
export class Note {
  @PrimaryColumn('varchar', { length: 10 }) code!: string;
  @Column('nvarchar', { length: 'MAX', nullable: true }) text!: string | null;
}

export const ENTITIES = [Buyer, Purchase, Note];
