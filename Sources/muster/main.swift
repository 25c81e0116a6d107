import ArgumentParser
import Commands

await Muster.main()
