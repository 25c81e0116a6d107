import Commands

await Muster.main()
