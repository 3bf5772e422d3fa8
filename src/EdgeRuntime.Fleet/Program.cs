System.Runtime.InteropServices.NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, (name, a, p) => name == "e_sqlite3" ? System.Runtime.InteropServices.NativeLibrary.Load("libsqlite3.so.0") : 0);
SQLitePCL.Batteries_V2.Init();
System.Console.WriteLine(SQLitePCL.raw.sqlite3_libversion().utf8_to_string());
